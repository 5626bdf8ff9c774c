package org.openingminute.registration.lifecycle;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A person with a ticket.
 *
 * @param generation raised by a transfer, which ends the former access token and ticket
 * @param proof the state of the category's proof; {@code null} if the category needs none
 * @param proofFile the file that was sent in last; {@code null} before the first
 */
public record Attendee(
        UUID id,
        String category,
        String givenName,
        String familyName,
        String email,
        @Nullable String affiliation,
        @Nullable String country,
        @Nullable String badgeName,
        @Nullable String dietary,
        @Nullable String accessibility,
        List<BookedAddOn> addOns,
        int generation,
        @Nullable Proof proof,
        @Nullable UUID proofFile) {

    /** An add-on as it was ordered. */
    public record BookedAddOn(String code, int quantity) {}

    /** The state of a category's proof, as clients read it. */
    public enum Proof {
        wanted,
        received,
        accepted,
        refused
    }

    public Attendee {
        addOns = List.copyOf(addOns);
    }

    /** Whether a proof is required and has not been accepted. */
    @JsonIgnore
    public boolean isUnproved() {
        return proof != null && proof != Proof.accepted;
    }

    public Attendee with(Proof newProof) {
        return of(category, newProof, proofFile);
    }

    /** Returns the attendee with a newly uploaded proof, which replaces the previous one. */
    public Attendee received(UUID file) {
        return of(category, Proof.received, file);
    }

    /** Returns the same person in another category, one that needs no proof. */
    public Attendee movedTo(String newCategory) {
        return of(newCategory, null, proofFile);
    }

    private Attendee of(String newCategory, @Nullable Proof newProof, @Nullable UUID newFile) {
        return new Attendee(
                id,
                newCategory,
                givenName,
                familyName,
                email,
                affiliation,
                country,
                badgeName,
                dietary,
                accessibility,
                addOns,
                generation,
                newProof,
                newFile);
    }
}
