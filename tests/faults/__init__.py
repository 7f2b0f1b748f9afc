"""What happens to a study overnight, one fault per test, each with its figure; most evaluate a stand-in."""
