"""SyGuS problems of conditional linear integer arithmetic; see the README."""
