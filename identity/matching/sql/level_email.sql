case
    when l.{x} is null or r.{x} is null then 0
    when l.{x} = r.{x} then 8 - l.{x}_sharing
    when l.{x}_mailbox = r.{x}_mailbox
        and split_part(l.{x}, '@', 2) = split_part(r.{x}, '@', 2) then 5
    when l.{x}_mailbox = r.{x}_mailbox
        then case when l.{x}_own >= 2 and r.{x}_own >= 2 then 4 else 2 end
    when abs(length(l.{x}) - length(r.{x})) > 2
        or (left(l.{x}, 2) <> left(r.{x}, 2) and right(l.{x}, 8) <> right(r.{x}, 8)) then 1
    when damerau_levenshtein(l.{x}, r.{x}) <= 2
        then case when l.{x}_own >= 2 and r.{x}_own >= 2 then 3 else 2 end
    else 1
end
