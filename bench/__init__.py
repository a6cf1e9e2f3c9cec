"""Speed and memory, each figure beside a floor that was measured in the same run: `make bench`."""
