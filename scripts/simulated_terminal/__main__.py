import sys

from scripts.simulated_terminal.main import main

sys.exit(main())
