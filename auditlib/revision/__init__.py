"""From a panel's weights to a new dated version of a scheme, and what that version changes."""
