"""Facts and portraits in; findings out: sources agree, differ, or are silent."""
