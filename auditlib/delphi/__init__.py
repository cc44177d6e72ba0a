"""Expert panels (Delphi): their marks, their agreement, and the weights that follow from them."""
