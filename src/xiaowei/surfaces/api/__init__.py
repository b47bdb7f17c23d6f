"""The service for programs: versioned, typed, one permit for each request."""
