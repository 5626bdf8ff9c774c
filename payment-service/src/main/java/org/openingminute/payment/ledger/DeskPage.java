package org.openingminute.payment.ledger;

import org.openingminute.ui.desk.DeskView;
import org.springframework.web.servlet.ModelAndView;

/**
 * A conference's page that a member of staff has opened.
 *
 * @param isPart whether the request asks for the page's content alone
 */
record DeskPage(DeskView frame, DeskTexts texts, boolean rehearsal, boolean isPart) {

    private static final String CONTENT = " :: content";

    /**
     * Renders the page, or its content alone if the request asks for a part.
     *
     * @param template begins with {@code th:replace="~{ui/desk :: page(~{::content})}"}, and has a fragment {@code content}
     */
    ModelAndView view(String template, String title) {
        return new ModelAndView(isPart ? template + CONTENT : template)
                .addObject("title", title)
                .addObject("rehearsal", rehearsal)
                .addObject("desk", frame)
                .addObject("isPart", isPart);
    }
}
