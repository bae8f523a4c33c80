-- Whose gender is known, and which one a join has.

function verify(id, gender, proof)
  local device = enter(id)
  device.known = {gender = gender, proof = proof, ends = after(clock, verified_s * 1000)}
  tell(device, VERIFIED, pack('>I1', gender))
  retire(device)
end

-- Who somebody is for the join that asks for `wish`; or why they may not.
function persona(device, wish)
  local gender, proof = claim(device, wish.gender, wish.proof)
  if not gender and claim_required == 1 then
    return nil, VERIFICATION_REQUIRED
  end
  return {gender = gender or 0, verified = gender and proof or 0, profile = wish.profile}
end

-- What a join without a claim of its own would have now.
function gender_now(device)
  return claim(device, 0, 0)
end

-- The first claim that there is, in the order that the policy gives.
function claim(device, gender, proof)
  local known = device.known
  if known and clock >= known.ends then
    known = nil
  end
  for _, kind in ipairs({claim_1, claim_2, claim_3, claim_4}) do
    local wanted = kind <= CLAIM_ATTESTED and 1 or 0
    if kind == CLAIM_COUNTED_OUT then
      return
    elseif kind % 2 == 1 then
      if gender > 0 and proof == wanted then
        return gender, proof
      end
    elseif known and known.proof == wanted then
      return known.gender, known.proof
    end
  end
end
