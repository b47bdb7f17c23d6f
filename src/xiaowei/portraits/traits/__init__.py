"""The traits of a portrait, one file per source family."""
