"""``handoff tune``: what cross-validation says about the training data, for the people who write it.

The numbers are pure functions over held-out predictions; only :mod:`handoff.nlu.tune.project` knows Rasa.
"""
