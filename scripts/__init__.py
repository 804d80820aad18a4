"""Helpers of the Makefile; none is part of the product."""
