case
    when l_{x} is null or r_{x} is null then 0
    when l_{x} = r_{x} then 8 - l_{x}_sharing
    when l_{x}_mailbox = r_{x}_mailbox
        and split_part(l_{x}, '@', 2) = split_part(r_{x}, '@', 2) then 5
    when l_{x}_mailbox = r_{x}_mailbox
        then case when l_{x}_own >= 2 and r_{x}_own >= 2 then 4 else 2 end
    when abs(length(l_{x}) - length(r_{x})) > 2
        or (left(l_{x}, 2) <> left(r_{x}, 2) and right(l_{x}, 8) <> right(r_{x}, 8)) then 1
    when damerau_levenshtein(l_{x}, r_{x}) <= 2
        then case when l_{x}_own >= 2 and r_{x}_own >= 2 then 3 else 2 end
    else 1
end
