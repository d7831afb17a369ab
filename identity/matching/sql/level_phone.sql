case
    when l.{x} is null or r.{x} is null then 0
    when l.{x} = r.{x} then 5 - l.{x}_sharing
    when left(l.{x}, 3) <> left(r.{x}, 3) and right(l.{x}, 3) <> right(r.{x}, 3) then 1
    when damerau_levenshtein(l.{x}, r.{x}) <= 1 then 2
    else 1
end
