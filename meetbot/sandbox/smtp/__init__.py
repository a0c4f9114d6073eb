"""A mail server with bad days: takes letters on loopback, fails as the fault script says, and keeps what it took."""
