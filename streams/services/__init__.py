"""The long-running parts beside the engines."""
