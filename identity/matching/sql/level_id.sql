case
    when l_{x} is null or r_{x} is null then 0
    when l_{x} = r_{x} then 5 - l_{x}_sharing
    when length(l_{x}) < 6
        or (left(l_{x}, 2) <> left(r_{x}, 2) and right(l_{x}, 2) <> right(r_{x}, 2)) then 1
    when damerau_levenshtein(l_{x}, r_{x}) <= 2 then 2
    else 1
end
