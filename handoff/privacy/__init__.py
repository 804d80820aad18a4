"""What is stored about one visitor: handed over as one document, or erased (`handoff export`, `handoff erase`)."""
