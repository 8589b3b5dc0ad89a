"""Writing what happened to tickets and money: entries, the sums beside them, closing, proof."""
