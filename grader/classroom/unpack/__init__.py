"""What was handed in as files: zips unpacked, folders looked through, without trusting a name or a size."""
