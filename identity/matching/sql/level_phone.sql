case
    when l.{x} is null or r.{x} is null then 0
    when l.{x} = r.{x} then 5 - l.{x}_sharing
    when abs(length(l.{x}) - length(r.{x})) <= 1
        and damerau_levenshtein(l.{x}, r.{x}) <= 1 then 2
    else 1
end
