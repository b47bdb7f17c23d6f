"""Monthly flows and policy in; the limit that a firm's cash can bear, and why, out."""
