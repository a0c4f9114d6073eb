"""Everything that speaks with Zoom: `client` makes the calls, `auth` fetches the token, the rest is without I/O."""
