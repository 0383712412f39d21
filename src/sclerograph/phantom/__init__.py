"""Simulated hand films with exact truth, for training, for measuring and for the examples.

A :class:`~sclerograph.phantom.scene.HandScene` says what is there: one hand, its pose, its disease. Two gears draw it
on a film: :func:`~sclerograph.phantom.film.simulate_film` (fast, for training) and
:func:`~sclerograph.phantom.fine.simulate_fine_film` (fine, for measuring and examples).
"""
