"""What appeals change: dated overlays over inputs, in a chain; never over points."""
