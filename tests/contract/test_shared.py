"""Figures that share a quantity can take over each other's settings."""

from __future__ import annotations

from collections import defaultdict

import l2widgets


def test_a_shared_quantity_has_stops_in_common():
    """Whoever names a quantity is not alone with it, and is of the same kind as the others."""
    sharing = defaultdict(list)
    for name in l2widgets.names():
        for control in l2widgets.load(name).controls:
            if control.shared:
                sharing[control.shared].append(control)
    assert sharing
    for quantity, controls in sharing.items():
        assert len(controls) > 1, quantity
        assert len({control.kind for control in controls}) == 1, quantity
        assert len(set.intersection(*({stop.text for stop in control.stops} for control in controls))) > 1, (
            quantity
        )
