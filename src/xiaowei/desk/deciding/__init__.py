"""Applications come in, are decided in seconds or referred, and can be replayed."""
