"""The run's pages over HTTP, on the bank's own machine."""
