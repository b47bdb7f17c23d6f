"""Find, understand, price, lend to, grow and watch over small enterprises (小微)."""
