"""Rules as the bank drafts them in; the version in force on each day out."""
