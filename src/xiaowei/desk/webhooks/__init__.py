"""Receivers outside are registered, and told of events under a signature 回调通知."""
