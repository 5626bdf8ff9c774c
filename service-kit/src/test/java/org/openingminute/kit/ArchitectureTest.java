package org.openingminute.kit;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.sql.SQLException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.openingminute.kit.testing.FaultRules;
import org.openingminute.kit.testing.StructureRules;

/** Proves that the kit follows the structure rules of every module, and knows neither a service nor a business word. */
@AnalyzeClasses(packages = "org.openingminute.kit", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    /**
     * Words of a business domain. Registration, attendee and the roles are allowed because tokens carry them; "seats" and "receipts" are
     * found in the middle of a name, too.
     */
    private static final Pattern BUSINESS =
            Pattern.compile("conference|seat|quota|voucher|payment|refund|receipt|mail|ticket");

    @ArchTest
    static final ArchRule no_log_quotes_an_exception = FaultRules.except("RefusedStart");

    @ArchTest
    static final ArchRule knows_no_other_part_of_the_system = noClasses()
            .should()
            .dependOnClassesThat(
                    resideInAPackage("org.openingminute..").and(resideOutsideOfPackage("org.openingminute.kit..")));

    /** The start check may inspect the driver's exception, because it reports in one line why a service does not start. */
    @ArchTest
    static final ArchRule knows_no_broker_and_no_database = noClasses()
            .should()
            .dependOnClassesThat(DescribedPredicate.<JavaClass>describe(
                            "are of a broker or a database",
                            type -> Pattern.matches(
                                    "(org\\.apache\\.kafka|org\\.springframework\\.kafka|org\\.springframework\\.jdbc"
                                            + "|org\\.springframework\\.boot\\.(kafka|jdbc)|org\\.postgresql|org\\.flywaydb"
                                            + "|java\\.sql|javax\\.sql)\\..*",
                                    type.getName()))
                    .and(DescribedPredicate.not(JavaClass.Predicates.equivalentTo(SQLException.class))));

    @ArchTest
    static final ArchRule has_no_business_word_in_a_type = classes().should(haveNoBusinessWord());

    @ArchTest
    static final ArchRule has_no_business_word_in_a_method = methods().should(haveNoBusinessWord());

    @ArchTest
    static final ArchRule has_no_business_word_in_a_field = fields().should(haveNoBusinessWord());

    @ArchTest
    static final ArchRule keeps_the_structure_of_every_module = StructureRules.of("org.openingminute.kit");

    private static <T extends HasName & HasName.AndFullName> ArchCondition<T> haveNoBusinessWord() {
        return new ArchCondition<>("have no business word in their name") {
            @Override
            public void check(T item, ConditionEvents events) {
                String name = item.getName().substring(item.getName().lastIndexOf('.') + 1);
                if (BUSINESS.matcher(name.toLowerCase(Locale.ROOT)).find()) {
                    events.add(SimpleConditionEvent.violated(item, item.getFullName() + " has a business word"));
                }
            }
        };
    }
}
