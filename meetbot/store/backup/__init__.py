"""Backups: one encrypted file that an empty machine can go on from."""
