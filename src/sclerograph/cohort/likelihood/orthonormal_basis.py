"""Coordinates in which every design is well conditioned."""

from __future__ import annotations

import numpy as np

from sclerograph.cohort.likelihood.newton import FloatArray

__all__ = ["OrthonormalBasis"]


class OrthonormalBasis:
    """Replaces the columns of a design by uncorrelated ones of unit mean square.

    A year of birth beside a share between 0 and 1 makes the information of a model nearly singular; in this basis it
    is close to a multiple of the unit matrix whatever the units. Firth's penalty changes by a constant only, so that
    estimates, profiles and tests are those of the design as it was given.

    Parameters
    ----------
    columns
        Shape (n, k), linearly independent.
    """

    def __init__(self, columns: FloatArray) -> None:
        size = np.sqrt(max(len(columns), 1))
        orthonormal, triangle = np.linalg.qr(columns)
        #: Shape (n, k): the columns that take the place of those given.
        self.columns: FloatArray = orthonormal * size
        triangle = triangle / size
        #: Shape (k, k): a row times the parameters in this basis is the coefficient of one column given.
        self.to_coefficients: FloatArray = np.linalg.solve(triangle, np.eye(len(triangle)))

    def coefficients(self, parameters: FloatArray) -> FloatArray:
        """Return the coefficients of the columns given, shape (k,)."""
        return self.to_coefficients @ parameters

    def covariance(self, information: FloatArray) -> FloatArray:
        """Return the covariance of the coefficients from the information in this basis, both of shape (k, k)."""
        return self.to_coefficients @ np.linalg.solve(information, self.to_coefficients.T)
