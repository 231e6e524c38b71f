"""Checks what the bridge signed: with its public keys alone, without database or settings."""
