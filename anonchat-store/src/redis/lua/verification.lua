-- Whose gender is known, and which one a join has.

function verify(id, gender, proof)
  local before = last_known(id)
  local given = math.max(clock, before and after(before.given, 1) or 0)
  note(VERIFIES, id, given, pack('>I8I1I1', 0, gender, proof))
  know(id, given, gender, proof)
end

-- A device's gender is known, here or in another pool.
function know(id, given, gender, proof)
  local device = enter(id)
  device.known = {given = given, gender = gender, proof = proof}
  tell(device, VERIFIED, pack('>I1', gender))
  retire(device)
end

-- What is known of a device's gender now.
function last_known(id)
  local device = Devices.find(id)
  return device and known_now(device)
end

function known_now(device)
  local known = device.known
  return known and clock < known_until(known.given) and known
end

-- Until when a gender is known that was made known at an instant.
function known_until(given)
  return after(given, verified_s * 1000)
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
  local known = known_now(device)
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
