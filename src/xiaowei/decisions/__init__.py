"""All the stages in; what the bank does about an application out, with reasons."""
