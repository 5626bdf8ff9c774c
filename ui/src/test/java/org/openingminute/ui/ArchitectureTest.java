package org.openingminute.ui;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.openingminute.kit.testing.StructureRules;

@AnalyzeClasses(packages = "org.openingminute.ui", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule ui_keeps_the_structure_of_every_module = StructureRules.of("org.openingminute.ui");

    @ArchTest
    static final ArchRule ui_uses_no_other_module = noClasses()
            .should()
            .dependOnClassesThat(DescribedPredicate.describe(
                    "are of another module",
                    (JavaClass type) -> type.getPackageName().startsWith("org.openingminute.")
                            && !type.getPackageName().startsWith("org.openingminute.ui")));
}
