"""What the README and the changelog say is true."""

import re
import tomllib
