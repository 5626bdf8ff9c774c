package org.openingminute.local.flow;

/** A part of a flow whose duration is measured. */
public enum Step {
    REGISTER("click → 201"),
    CHECKOUT("201 → checkout"),
    PAY("card → answer"),
    CONFIRM("paid → confirmed"),
    /** From the request to register or, if there is a price, from entering the card. */
    MAIL("click → mail"),
    /** The response to a {@link Reading}. */
    READ("read");

    private final String words;

    Step(String words) {
        this.words = words;
    }

    public String words() {
        return words;
    }
}
