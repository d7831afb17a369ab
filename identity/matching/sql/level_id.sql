case
    when l.{x} is null or r.{x} is null then 0
    when l.{x} = r.{x} then 5 - l.{x}_sharing
    when length(l.{x}) < 6
        or (left(l.{x}, 2) <> left(r.{x}, 2) and right(l.{x}, 2) <> right(r.{x}, 2)) then 1
    when damerau_levenshtein(l.{x}, r.{x}) <= 2 then 2
    else 1
end
