-- Let the planner sort again where it thinks best.

set local enable_sort = on
