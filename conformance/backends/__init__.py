"""The backends that come with gradspec; a framework is imported only when its backend is asked for."""
