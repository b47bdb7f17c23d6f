"""What the bank lends as, in YAML; out come the products that held on a day."""
