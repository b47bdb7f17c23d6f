"""Two versions of rules and past applications in; what the newer changes out."""
