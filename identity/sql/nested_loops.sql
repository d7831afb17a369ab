-- Let the rest of this transaction plan with nested loops ('on') or without ('off').

select set_config('enable_nestloop', %(allowed)s, true)
