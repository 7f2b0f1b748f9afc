"""What happens to a study overnight: each test is one fault with its figure; most evaluate a stand-in, not a crystal."""
