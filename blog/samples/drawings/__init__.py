"""The pens behind the sample publication's pictures, one subject a file."""
