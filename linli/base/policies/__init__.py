"""Policies are data: shipped as TOML, kept in versions, tried on their own examples before they may be published."""

from linli.base.policies.registry import Checker, register
from linli.base.policies.store import Policy, forget, load, version

__all__ = ["Checker", "Policy", "forget", "load", "register", "version"]
