"""What several tests share: places, texts, classes and submissions made for them."""
