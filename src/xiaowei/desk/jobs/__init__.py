"""Long work is asked for, done by workers beside the service, and told of."""
